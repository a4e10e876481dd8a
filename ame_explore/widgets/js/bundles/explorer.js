// Built by ame_explore/widgets/js/build.js; sources: sha256 0e8cc0a16e76cd25e3c98482ba50cdc2ec911afa48c626910bb1faa1fd9c8645
var x=()=>(performance.timeOrigin+performance.now())/1e3;var ct=.4,Ot=3,Nt={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function X(a,t){if(Array.isArray(a))return a.
map(e=>X(e,t));if(a===null||typeof a!="object")return a;if("buffer"in a&&"dtype"in a){let e=t[a.buffer],s=ArrayBuffer.isView(
e)?e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new Nt[a.dtype](s),{shape:a.shape})}
return Object.fromEntries(Object.entries(a).map(([e,i])=>[e,X(i,t)]))}var G=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=x(),this.pingedAt=-1/0,this.onMessage=(e,i)=>this.receive(e,i),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:x()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
s=>{t.seen=s[s.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[s,n]of Object.entries(
this.kept))t.retained?.(s,n);this.frame&&!(this.frame.moving&&this.age(this.frame)>ct)&&t.draw(this.frame);let i=this.there;
return this.look(),i&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(n=>n.seen&&n.el.isConnected),i=!t.some(n=>n.el.isConnected);if(e===this.there&&i===this.left)return;let s=e&&
!this.there;[this.there,this.left]=[e,i],!(e&&!s)&&(this.heardAt=this.freshAt=x(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:i}))}watch(){if(this.look(),!this.there)return;let t=x()-this.heardAt;t>(this.frame?.moving?1:4)&&x()-
this.pingedAt>=1&&(this.pingedAt=x(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=x(),t.type==="hello"){let{page:s,t:n,time:r}=t;s===this.page&&(this.
high=Math.min(this.high,r-n));return}let i=X(t,e);if(t.type==="frame"){this.low=Math.max(this.low,i.time-x());let s=i.heard[this.
page];s&&(this.high=Math.min(this.high,s[1]-s[0])),this.low>this.high&&([this.low,this.high]=[i.time-x(),1/0]);let n=this.
waiting!==null;this.waiting=i,n||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=i;for(let s of this.
views)s.retained?.(t.type,i)}else for(let s of this.views)s.message?.(i,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,x()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=x(),i=this.age(t),s=i>ct,n=s&&e-this.freshAt<Ot;if(!n){s||(this.freshAt=e),this.frame=t,this.drawnAge=i;for(let r of this.
views)try{r.draw(t),r.late?.(s?i:0)}catch(l){console.error("ame_explore: a view could not be drawn",l)}this.drawMs=1e3*(x()-
e)}this.oldest=Math.max(this.oldest,n?0:i),!(!t.ask&&!n)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?i:this.oldest),stale:n}),
this.oldest=0)}};function dt(a){return()=>{let t;return{initialize({model:e}){return t=new G(e),()=>t.close()},render({el:e}){
let i=a(t,e),s=t.mount(i);return()=>{s(),i.close?.()}}}}}var zt=new Set(["svg","path"]),ut={text:"textContent",value:"value",checked:"checked"};function o(a,t={},...e){let i=zt.
has(a)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",s=document.createElementNS(i,a);s.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,r]of Object.entries(t))r==null||r===!1||(n.startsWith("on")?s.addEventListener(n.slice(
2),r):n in ut?s[ut[n]]=r:s.setAttribute(n,r===!0?"":String(r)));return s}function v(a,t){a.textContent!==t&&(a.textContent=
t)}function k(a,t){a.hidden===t&&(a.hidden=!t)}function T(){let a=document.body.dataset.jpThemeLight;return a!==void 0?a===
"false":document.body.classList.contains("vscode-dark")}var mt=a=>a.replaceAll("-","−");function Dt(a,t=3,{signed:e=!1}={}){if(typeof a!="number"||!Number.isFinite(a))return"–";if(a===0)return"0";let[i,s]=a.
toExponential(t-1).split("e"),n=t-1-Number(s),r=n>=-3&&n<=t+2?a.toFixed(Math.max(n,0)):`${i}e${Number(s)}`;return mt(e&&
a>0?`+${r}`:r)}function N(a){return a==null||a===""?"–":typeof a!="number"?String(a):Number.isInteger(a)&&Math.abs(a)<
1e6?mt(String(a)):Dt(a)}var Rt=a=>a===null?"":new Date(1e3*a).toISOString().slice(0,10),z=class{constructor(t){this.owner=t,this.chips=o("div",{
class:"ame-chips","data-testid":"chips","aria-live":"polite"}),this.window=o("div",{class:"ame-window",hidden:!0,role:"d\
ialog","data-testid":"filter-window"}),this.opener=null,this.window.addEventListener("keydown",e=>{e.stopPropagation(),e.
key==="Escape"&&this.close()})}draw(){let{shown:t}=this.owner.model,e=(t?.chips??[]).map(({words:i,count:s},n)=>o("span",
{class:"ame-chip"},o("span",{class:"ame-chip-words",title:i},i),o("b",{},s.toLocaleString("en")),o("button",{type:"butto\
n",title:"Remove this filter","aria-label":`Remove the filter ${i}`,onclick:()=>this.owner.send({type:"drop",place:n})},
"×")));e.length>1&&e.push(o("button",{type:"button",class:"ame-link",onclick:()=>this.owner.send({type:"clear"})},"remo\
ve all")),this.chips.replaceChildren(...e)}open(t,e){let i=this.owner.model.facts?.columns.find(c=>c.name===t);if(!i)return;
if(!this.window.hidden&&this.opener===e)return this.close();this.opener=e;let s=o("strong",{},`Show pairs by ${i.title}`),
n=i.kind==="number"||i.kind==="date"?this.range(i):i.kind==="category"?this.words(i):this.text(i);this.window.replaceChildren(
s,n),this.window.hidden=!1;let r=e.getBoundingClientRect(),l=this.owner.root.getBoundingClientRect();this.window.style.left=
`${Math.max(8,Math.min(r.left-l.left,l.width-330))}px`,this.window.style.top="",this.window.style.bottom=`${l.bottom-r.top+
6}px`,this.window.querySelector("input")?.focus()}close(){this.window.hidden=!0,this.opener?.focus(),this.opener=null}keep(t){
this.owner.send({type:"keep",condition:t}),this.close()}form(t,...e){return o("form",{onsubmit:i=>{i.preventDefault(),t()}},
...e,o("div",{class:"ame-row"},o("button",{type:"submit",class:"ame-button"},"Show these"),o("button",{type:"button",class:"\
ame-button",onclick:()=>this.close()},"Cancel")))}range(t){let e=t.kind==="date",i=(l,c)=>o("input",e?{type:"date","aria\
-label":l,value:Rt(c)}:{type:"number",step:"any","aria-label":l,placeholder:N(c)}),s=i("from",t.low),n=i("to",t.high),r=(l,c)=>l.
value===""?null:e?Date.parse(`${l.value}T00:00:00Z`)/1e3+c:Number(l.value);return this.form(()=>this.keep({kind:"between",
column:t.name,low:r(s,0),high:r(n,86399)}),o("div",{class:"ame-row"},"from",s,"to",n),e?null:o("div",{class:"ame-muted"},
`known values: ${N(t.low)} to ${N(t.high)}`))}words(t){let i=[...t.words,null].map((s,n)=>({word:s,box:o("input",{type:"\
checkbox"}),count:t.counts[n]}));return this.form(()=>{let s=i.filter(({box:n})=>n.checked).map(({word:n})=>n);s.length&&
this.keep({kind:"one of",column:t.name,values:s})},o("div",{class:"ame-choices"},...i.filter(({count:s})=>s>0).map(({word:s,
box:n,count:r})=>o("label",{},n,o("span",{},s??"unknown"),o("b",{},r.toLocaleString("en"))))))}text(t){let e=o("input",{
type:"text","aria-label":"words"});return this.form(()=>e.value.trim()&&this.keep({kind:"says",text:e.value,column:t.name}),
o("div",{class:"ame-row"},"says",e))}};var Ft=1;var V=new WeakMap,ft;function R(a){ft??=new ResizeObserver(l=>{for(let{target:c}of l)V.set(c,[c.clientWidth,c.clientHeight]),
c.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Ft*(window.devicePixelRatio||1)),e=V.get(a);e||(ft.
observe(a),V.set(a,e=[a.clientWidth,a.clientHeight]));let[i,s]=e,[n,r]=[Math.round(i*t),Math.round(s*t)];return(a.width!==
n||a.height!==r)&&(a.width=n,a.height=r),{width:i,height:s,scale:t}}function S(a,t){return a.getContext("2d",t)}function pt(a,t,e){
!t||t.length<2||(a.beginPath(),t.forEach(([i,s],n)=>a[n?"lineTo":"moveTo"](i,s)),a.closePath(),a.fillStyle=e.wash,a.fill(),
a.strokeStyle=e.accent,a.lineWidth=1.5,a.setLineDash([5,3]),a.stroke(),a.setLineDash([]))}var D={away:16,above:30,high:96};
function wt(a,[t,e],{width:i,height:s}){let n=t>.55*i;a.style.left=n?"":`${t+D.away}px`,a.style.right=n?`${i-t+D.away}px`:
"",a.style.top=`${Math.max(4,Math.min(s-D.high,e-D.above))}px`}var Q=({k:a,x0:t,y0:e},i,s)=>[i*a+t,e-s*a],Z=({k:a,x0:t,y0:e},i,s)=>[(i-t)/a,(e-s)/a];function bt(a,t,e){let i=!1;for(let s=0,n=a.length-1;s<a.length;n=s++){let[r,l]=a[s],[c,h]=a[n];l>e!=h>e&&t<(c-r)*(e-l)/
(h-l)+r&&(i=!i)}return i}function J(a){let[t,e,i,s]=[1/0,-1/0,1/0,-1/0];for(let n of a)for(let r=0;r<n.length;r+=2)t=Math.
min(t,n[r]),e=Math.max(e,n[r]),i=Math.min(i,n[r+1]),s=Math.max(s,n[r+1]);return t<e?[t,e,i,s]:null}var gt=18,yt=16;function xt(a,t,e=[]){
return e.push(...a.map(({x:i,y:s,side:n=gt})=>[i-n/2,s-n/2,n,n])),a.map(({x:i,y:s,width:n,side:r=gt})=>{let l=r/2,c=[[l+
3,0],[-l-3-n,0],[-n/2,-l-8],[-n/2,l+8],[l+1,-l-5],[l+1,l+5],[-l-1-n,-l-5],[-l-1-n,l+5]],h=([p,f])=>[i+p-2,s+f-yt/2,n+4,yt],
d=c.find(p=>{let[f,u,m,w]=h(p);return f>0&&u>0&&f+m<t.width&&u+w<t.height&&!e.some(g=>f<g[0]+g[2]&&g[0]<f+m&&u<g[1]+g[3]&&
g[1]<u+w)});return d&&e.push(h(d)),d??null})}function jt(a,t,e,i,s){let n=h=>{a.beginPath(),h.forEach(([d,p],f)=>a[f?"lineTo":"moveTo"](e+d*s,i+p*s)),a.closePath()},
r=(h,d,p=1)=>Array.from({length:h},(f,u)=>{let m=d+2*Math.PI*u/h;return[p*Math.cos(m),p*Math.sin(m)]}),l=h=>[[-h,-1],[h,
-1],[h,-h],[1,-h],[1,h],[h,h],[h,1],[-h,1],[-h,h],[-1,h],[-1,-h],[-h,-h]];t==="circle"?(a.beginPath(),a.arc(e,i,.92*s,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(r(3,-Math.PI/2,1.15)):t==="triangle-down"?n(r(3,Math.PI/2,1.15)):t==="cross"?n(l(.38)):t==="x"?n(
(h=>h.map(([d,p])=>[(d-p)*Math.SQRT1_2,(d+p)*Math.SQRT1_2]))(l(.36))):t==="pentagon"?n(r(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(r(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(h,d)=>{
let p=-Math.PI/2+Math.PI*d/5,f=d%2?.48:1.15;return[f*Math.cos(p),f*Math.sin(p)]}))}var _t={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function Bt(a,{shape:t,color:e,filled:i,halo:s,inside:n,edge:r=.55},l,c,h){let d=_t[t];
if(!i&&d){a.lineCap="round";for(let{style:p,width:f}of[{style:s,width:(.2+r)*h},{style:e,width:Math.max(1.2,.32*h)}])if(p){
a.strokeStyle=p,a.lineWidth=f,a.beginPath();for(let[u,m,w,g]of d)a.moveTo(l+u*h,c+m*h),a.lineTo(l+w*h,c+g*h);a.stroke()}
return}jt(a,t,l,c,h),s&&(a.lineWidth=r*h,a.strokeStyle=s,a.stroke()),i?(a.fillStyle=e,a.fill()):(a.fillStyle=n||s||"tran\
sparent",a.fill(),a.lineWidth=Math.max(1.2,.36*h),a.strokeStyle=e,a.stroke())}function P(a,t,e=1){let i=Math.ceil(t*1.6)+
1,s=2*i+1,n=document.createElement("canvas");n.width=n.height=s;let r=S(n,{willReadFrequently:!0});Bt(r,a,i+.5,i+.5,t);let{
data:l}=r.getImageData(0,0,s,s),c=[],h=[],d=[],p=[],f=[];for(let u=0;u<s*s;u++){let m=Math.round(l[4*u+3]/255*32*e);m&&(c.
push(u%s-i),h.push(Math.floor(u/s)-i),d.push(l[4*u]|l[4*u+2]<<16),p.push(l[4*u+1]<<8),f.push(m))}return{half:i,dx:Int32Array.
from(c),dy:Int32Array.from(h),rb:Int32Array.from(d),g:Int32Array.from(p),a:Int32Array.from(f)}}function vt(a,t,e,i,s,n){
let{half:r,dx:l,dy:c,rb:h,g:d,a:p}=i,f=Math.round(s),u=Math.round(n);if(f<r||u<r||f>=t-r||u>=e-r)return;let m=u*t+f;for(let w=0;w<
p.length;w++){let g=m+c[w]*t+l[w],y=a[g],b=32-p[w],L=(y&16711935)*b+h[w]*p[w]>>>5&16711935,W=(y&65280)*b+d[w]*p[w]>>>5&65280;
a[g]=4278190080|L|W}}function tt(a){let t=document.createElement("canvas");t.width=t.height=1;let e=S(t);return e.fillStyle=
a,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var kt=32,Wt=400,Ut=60,Mt={light:{paper:"#ffffff",text:"#1a1a1a",muted:"#5a5a5a",faint:"#dcdcdc",accent:"#0072b2",wash:"\
rgba(0,114,178,0.12)"},dark:{paper:"#111111",text:"#ececec",muted:"#b8b8b8",faint:"#333333",accent:"#5ab0ee",wash:"rgba(\
90,176,238,0.18)"}};function Kt(a,t){let[e,i,s]=tt(a),n=(.3*e+.59*i+.11*s)/255,r=t&&n<.45?.45-n+.1:0;return`rgb(${[e,i,s].
map(l=>Math.round(l+r*(255-l))).join()})`}function qt(a,t,{facts:e,mask:i}){if(!e||!t)return[];let s=a.flat(),n=J([s]);if(!n)
return[];let[r,l,c,h]=n,d=m=>{let w=new Uint8Array(m.length/2);for(let g=0;g<w.length;g++){let y=m[2*g],b=m[2*g+1];y>=r&&
y<=l&&b>=c&&b<=h&&bt(a,y,b)&&(w[g]=1)}return w},p=d(t.image),f=d(t.text),u=[];for(let m=0;m<e.pairs;m++)(!i||i[m])&&(p[e.
image[m]]||f[e.text[m]])&&u.push(m);return u}var C=class{constructor(t,e=!1){this.owner=t,this.beside=e,this.canvas=o("c\
anvas",{class:"ame-points","aria-hidden":"true"}),this.over=o("canvas",{class:"ame-over",tabindex:"0",role:"application",
"data-testid":e?"pair-map-beside":"pair-map","aria-label":"Map of images and texts. Arrow keys move, plus and minus zoom\
, 0 shows everything, N and B go to the next and previous pair, Escape clears the selection."}),this.tip=o("div",{class:"\
ame-tip",hidden:!0,role:"status"}),this.name=o("div",{class:"ame-model-name",hidden:!0}),this.el=o("div",{class:"ame-sta\
ge",hidden:e},this.canvas,this.over,this.name,this.tip),this.own={view:null,picture:""},this.pointed=!1,this.place=null,
this.image=null,this.pixels=new Uint32Array,this.moving=!1,this.lasso=null,this.drag=null,this.spriteKey="",this.made=null,
this.asked=!1;let i=this.over;i.addEventListener("pointerdown",s=>this.down(s)),i.addEventListener("pointermove",s=>this.
move(s)),i.addEventListener("pointerup",s=>this.up(s)),i.addEventListener("pointercancel",()=>this.cancel()),i.addEventListener(
"pointerleave",()=>this.hover(null)),i.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),i.addEventListener("keydo\
wn",s=>this.key(s)),i.addEventListener("dblclick",()=>this.whole()),this.el.addEventListener("ame-size",()=>this.redraw())}get ink(){
return T()?Mt.dark:Mt.light}get points(){let{places:t}=this.owner.model;return this.beside?t?.beside??null:t}get frame(){
return this.owner.model.places?.shared?this.owner.frame:this.own}get view(){return this.frame.view}whole(){this.frame.view=
null,this.moved()}moved(){this.frame===this.own?this.redraw():this.owner.redrawMaps()}redraw(){this.asked||this.el.hidden||
(this.asked=!0,requestAnimationFrame(()=>{this.asked=!1,this.paint()}))}settle(t){let{places:e}=this.owner.model,{points:i,
frame:s}=this;if(!e||!i)return;if(e.picture!==s.picture&&([s.picture,s.view]=[e.picture,null]),!s.view){let p=(e.shared&&
e.beside?[e,e.beside]:[i]).flatMap(({image:g,text:y})=>[g,y]).map(g=>Array.from({length:g.length/2},(y,b)=>b).filter(y=>Number.
isFinite(g[2*y])).flatMap(y=>[g[2*y],g[2*y+1]])),[f,u,m,w]=J(p)??[0,1,0,1];s.view={x:(f+u)/2,y:(m+w)/2,w:1.08*(u-f)||1,h:1.08*
(w-m)||1}}let{x:n,y:r,w:l,h:c}=s.view,h=Math.min(t.width/l,t.height/c);this.place={k:h,x0:t.width/2-n*h,y0:t.height/2+r*
h}}sprites(t){let{colors:e}=this.owner.model,i=T(),s=[e?.colors.join(),e?.scale,t,i].join("|");if(this.spriteKey!==s||!this.
made){this.spriteKey=s;let n=(e?.colors??["#0072B2","#D55E00"]).map(c=>Kt(c,i)),r=this.ink.paper,l=(c,h)=>({plain:P({shape:c,
color:h,filled:!0,halo:null},t,.8),dim:P({shape:c,color:h,filled:!0,halo:null},t,.26),strong:P({shape:c,color:h,filled:!0,
halo:r,edge:.5},1.25*t)});this.made={image:n.map(c=>l("circle",c)),text:n.map(c=>l("diamond",c)),ghost:P({shape:"circle",
color:this.ink.faint,filled:!0,halo:null},Math.max(1,.6*t),.7)}}return this.made}paint(){let t=R(this.canvas);R(this.over);
let{facts:e,colors:i,mask:s,selected:n,codes:r}=this.owner.model,l=this.points,{width:c,height:h}=this.canvas;if(!e||!l||
!c||!h)return;this.settle(t);let{k:d,x0:p,y0:f}=this.place,u=S(this.canvas);(!this.image||this.image.width!==c||this.image.
height!==h)&&(this.image=u.createImageData(c,h),this.pixels=new Uint32Array(this.image.data.buffer));let{pixels:m}=this,
[w,g,y]=tt(this.ink.paper);m.fill(4278190080|y<<16|g<<8|w);let b=t.scale,L=e.pairs,W=b*Math.max(1,Math.min(4.5,Math.round(
30*Math.sqrt(t.width*t.height/(2*L)))/100)),U=this.sprites(W),[ot,$t,Lt]=[d*b,p*b,f*b],Et=i?.scale??!1,at=(i?.colors.length??
2)-1,K=n.size>0,rt=this.owner.flags(),It=(A,E)=>{if(!r)return E;let I=r[A];return Et?I===255?at:Math.min(kt-1,I*kt>>8):I},
q=A=>{for(let E of[1,0]){let I=E?l.text:l.image,Tt=E?e.text:e.image,Pt=E?U.text:U.image;for(let $=0;$<L;$++){let lt=!s||
s[$]===1;if((A===0?lt:!lt)||A===2&&!rt[$]||A===1&&K&&rt[$])continue;let ht=Tt[$],Y=I[2*ht];if(Y!==Y)continue;let H=Pt[Math.
min(It($,E),at)],Ct=A===0?U.ghost:A===2?H.strong:K?H.dim:H.plain;vt(m,c,h,Ct,Y*ot+$t,Lt-I[2*ht+1]*ot)}}};this.owner.model.
hidden&&q(0),q(1),K&&q(2),u.putImageData(this.image,0,0),this.overlay(),this.beside||(this.owner.root.dataset.painted=String(
n.size))}overlay(){let{facts:t,selected:e,regions:i,active:s}=this.owner.model,{place:n,points:r}=this,{hovered:l}=this.
owner;if(!t||!r||!n)return;let c=R(this.over),{ink:h}=this,d=S(this.over);d.setTransform(c.scale,0,0,c.scale,0,0),d.clearRect(
0,0,c.width,c.height);let p=u=>[r.image,r.text].map((m,w)=>{let g=w?t.text[u]:t.image[u];return Q(n,m[2*g],m[2*g+1])}),f=(u,m,w)=>{
d.beginPath();for(let g of u){let[y,b]=p(g);d.moveTo(...y),d.lineTo(...b)}d.lineWidth=m,d.strokeStyle=w,d.stroke()};if(e.
size&&e.size<=Wt&&(d.globalAlpha=Math.max(.15,1/Math.sqrt(e.size)),f(e,1.2,h.text),d.globalAlpha=1),i.length&&!this.beside){
d.font="600 13px system-ui, sans-serif",d.textBaseline="middle",d.lineJoin="round";let u=i.map(({name:m,x:w,y:g,count:y})=>{
let[b,L]=Q(n,w,g);return{text:m,x:b,y:L,count:y,width:d.measureText(m).width,side:2}}).filter(({x:m,y:w})=>m>0&&w>0&&m<c.
width&&w<c.height).sort((m,w)=>w.count-m.count);xt(u,c).forEach((m,w)=>{m&&(d.lineWidth=4,d.strokeStyle=h.paper,d.fillStyle=
h.text,d.strokeText(u[w].text,u[w].x+m[0],u[w].y+m[1]),d.fillText(u[w].text,u[w].x+m[0],u[w].y+m[1]))})}for(let[u,m]of[[
s,2],[l,1.5]])if(u!==null){f([u],m,h.text);for(let[w,g]of p(u))d.beginPath(),d.arc(w,g,8,0,2*Math.PI),d.lineWidth=2,d.strokeStyle=
u===s?h.accent:h.text,d.stroke()}pt(d,this.lasso,h),this.say(c,p)}say(t,e){let{hovered:i}=this.owner,s=i===null||!this.pointed?
null:this.owner.wordsOf(i);this.tip.hidden=s===null,!(i===null||s===null)&&(this.tip.replaceChildren(o("div",{},...s.map(
(n,r)=>o(r?"div":"strong",{},n)))),wt(this.tip,e(i)[this.side],t))}side=0;under(t){let{facts:e,mask:i}=this.owner.model,
s=this.points;if(!e||!s||!this.place)return null;let{k:n,x0:r,y0:l}=this.place,c=144,h=null;for(let d of[0,1]){let p=d?s.
text:s.image,f=d?e.text:e.image;for(let u=0;u<e.pairs;u++){if(i&&!i[u])continue;let m=p[2*f[u]]*n+r-t.offsetX,w=l-p[2*f[u]+
1]*n-t.offsetY,g=m*m+w*w;g<c&&([c,h,this.side]=[g,u,d])}}return h}hover(t){this.pointed=t!==null,t!==this.owner.hovered&&
(this.owner.hovered=t,t!==null&&this.owner.need(t),this.owner.overlays())}down(t){t.button!==0||!this.place||(this.over.
focus({preventScroll:!0}),this.over.setPointerCapture(t.pointerId),this.drag={x:t.offsetX,y:t.offsetY,far:!1,add:t.shiftKey},
this.lasso=this.moving?null:[[t.offsetX,t.offsetY]])}move(t){let{drag:e,view:i,place:s}=this;if(!e)return this.hover(this.
under(t));e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),this.
owner.hovered=null,this.overlay()):i&&s&&(i.x-=t.movementX/s.k,i.y+=t.movementY/s.k,this.moved()))}up(t){let{drag:e,lasso:i,
place:s}=this;if(this.cancel(),!(!e||!s)){if(e.far)i&&this.owner.pick(qt(i.map(([n,r])=>Z(s,n,r)),this.points,this.owner.
model),e.add);else{let n=this.under(t);n!==null?this.owner.pick([n],e.add):e.add||this.owner.pick([],!1)}this.overlay()}}cancel(){
this.drag=this.lasso=null}zoom(t,e,i){let{view:s,place:n}=this;if(!(!s||!n)){if(e!==void 0&&i!==void 0){let[r,l]=Z(n,e,i);
s.x=r+(s.x-r)*t,s.y=l+(s.y-l)*t}s.w*=t,s.h*=t,this.moved()}}wheel(t){t.preventDefault(),this.zoom(Math.exp(.0015*t.deltaY),
t.offsetX,t.offsetY)}key(t){let{view:e,place:i}=this;if(!e||!i||t.ctrlKey||t.metaKey||t.altKey)return;let s=Ut/i.k,n=t.key.
toLowerCase();if(n==="arrowleft")e.x-=s;else if(n==="arrowright")e.x+=s;else if(n==="arrowup")e.y+=s;else if(n==="arrowd\
own")e.y-=s;else if(n==="+"||n==="=")this.zoom(.8);else if(n==="-")this.zoom(1.25);else if(n==="0")this.frame.view=null;else if(n===
"n"||n==="b")this.owner.step(n==="n"?1:-1);else if(n==="escape")this.owner.pick([],!1);else return;t.preventDefault(),t.
stopPropagation(),this.moved()}};var F=class{constructor(t){this.owner=t;let e=(i,s,n)=>o("button",{type:"button",class:"ame-button",title:s,onclick:()=>t.
step(n)},i);this.title=o("strong",{"data-testid":"pair-title"}),this.where=o("span",{class:"ame-muted"}),this.content=o(
"div",{class:"ame-pair-content"}),this.note=o("textarea",{rows:2,"aria-label":"Your note on this pair",placeholder:"Your\
 note on this pair"}),this.note.addEventListener("change",()=>this.row!==null&&t.send({type:"note",row:this.row,text:this.
note.value})),this.note.addEventListener("keydown",i=>i.stopPropagation()),this.el=o("section",{class:"ame-pair","aria-l\
abel":"The selected pair","data-testid":"pair-panel",tabindex:"0"},o("div",{class:"ame-row ame-pair-head"},e("‹","Prev\
ious pair (B or ↑)",-1),e("›","Next pair (N or ↓)",1),this.title,this.where),this.content),this.el.addEventListener(
"keydown",i=>{let s={n:1,ArrowRight:1,b:-1,ArrowLeft:-1}[i.key];s&&(t.step(s),i.preventDefault(),i.stopPropagation())}),
this.row=null}draw(){let{face:t,grid:e,selected:i}=this.owner.model;this.row=t?.row??null;let s=e&&i.size>1?this.grid(e):
null;if(!t){v(this.title,i.size?"":"No pair selected"),v(this.where,""),this.content.replaceChildren(s??o("p",{class:"am\
e-muted"},"Draw a lasso on the map, click a point or a row of the table, or press N for the next pair."));return}v(this.
title,`pair ${t.id}`),v(this.where,t.place<0?"not among the pairs that are shown":`${(t.place+1).toLocaleString("en")} o\
f ${t.count.toLocaleString("en")}`),document.activeElement!==this.note&&(this.note.value=t.note);let[n,...r]=t.captions;
this.content.replaceChildren(...[s,t.picture?o("img",{class:"ame-large",src:t.picture,alt:`image of pair ${t.id}`}):null,
o("p",{class:"ame-own"},n),...r.map(l=>o("p",{class:"ame-muted"},l)),o("dl",{class:"ame-figures-list"},...t.figures.flatMap(
([l,c])=>[o("dt",{},l),o("dd",{},c)])),...t.groups.filter(({pairs:l})=>l.length).map(({title:l,pairs:c})=>o("div",{class:"\
ame-near"},o("h5",{},l),...c.map(h=>this.near(h)))),o("div",{class:"ame-row"},"pairs like this one in",...["image","text",
"joint"].map(l=>o("button",{type:"button",class:"ame-button","data-like":l,onclick:()=>this.owner.send({type:"like",row:t.
row,space:l})},l==="joint"?"both":l))),this.note].filter(l=>l!==null))}near({row:t,caption:e,figures:i,warn:s,picture:n}){
return o("button",{type:"button",class:`ame-near-pair${s?" ame-warn":""}`,onclick:()=>this.owner.pick([t],!1)},n?o("img",
{src:n,alt:""}):null,o("span",{class:"ame-near-words"},e),o("span",{class:"ame-near-figures"},i))}grid({count:t,pairs:e}){
let i=t>e.length?`, the first ${e.length}`:"";return o("div",{class:"ame-grid-of","data-testid":"pair-grid"},o("div",{class:"\
ame-muted"},`${t.toLocaleString("en")} pairs selected${i}`),o("div",{class:"ame-tiles"},...e.map(({row:s,caption:n,picture:r})=>o(
"button",{type:"button",class:s===this.row?"ame-chosen":null,title:n,onclick:()=>this.owner.look(s)},r?o("img",{src:r,alt:n}):
o("span",{},n)))))}};var j=30,O=8;function St(a,{title:t,keys:e,ink:i}){let s=document.createElement("canvas"),n=a[0].layers[0],r=n.width/Math.
max(1,n.clientWidth);s.width=a.reduce((f,{layers:u})=>f+u[0].width,0)+(a.length-1)*O*r,s.height=Math.max(...a.map(({layers:f})=>f[0].
height))+j*r;let l=S(s);l.fillStyle=i.paper,l.fillRect(0,0,s.width,s.height),l.font=`${13*r}px system-ui, sans-serif`,l.
textBaseline="middle";let c=j*r/2,h=O*r,d=(f,u,m)=>{l.fillStyle=u,l.fillText(f,h,c),h+=l.measureText(f).width+m*r};t&&d(
t,i.text,O);for(let{name:f,color:u}of e)d("●",u,4),d(f,i.text,14);let p=0;for(let{layers:f,name:u}of a){for(let m of f)
l.drawImage(m,p,j*r);l.fillStyle=i.text,l.fillText(u,p+O*r,j*r+c/1.5),p+=f[0].width+O*r}return s}var _=class{constructor(t,e,i){this.owner=t,this.table=e,this.cross=i,this.tabs=o("div",{class:"ame-tabs",role:"tablist",
"aria-label":"what is below the map"}),this.sheet=o("div",{class:"ame-sheet",role:"tabpanel","data-testid":"sheet",hidden:!0}),
this.open=""}draw({tabs:t,open:e}){let i=e?.name??"";this.open=i,k(this.tabs,t.length>0),this.tabs.replaceChildren(...[{
name:"",title:"Pairs"},...t].map(s=>o("button",{type:"button",role:"tab","data-tab":s.name||"pairs","aria-selected":String(
s.name===i),onclick:()=>this.owner.send({type:"sheet",name:s.name,choice:""})},s.title))),k(this.table,!e),k(this.sheet,
!!e),this.sheet.replaceChildren(...e?this.parts(e):[]),e||this.owner.table.redraw()}parts(t){let{name:e,words:i,head:s,lines:n,
choices:r,choice:l,code:c}=t;return[r.length?o("div",{class:"ame-row ame-choice"},...r.map(h=>o("button",{type:"button",
class:"ame-button","aria-pressed":String(h===l),"data-choice":h,onclick:()=>this.owner.send({type:"sheet",name:e,choice:h})},
h))):null,t.ask?this.question(t):null,...i.map(h=>o("p",{class:"ame-muted"},h)),e==="classes"?this.cross:null,s.length&&
n.length?o("table",{},o("thead",{},o("tr",{},...s.map(h=>o("th",{scope:"col"},h)))),o("tbody",{},...n.map((h,d)=>o("tr",
{},...h.map((p,f)=>o("td",{class:p.warn?"ame-warn":null},p.act?o("button",{type:"button",title:"Show these pairs",onclick:()=>this.
owner.send({type:"entry",name:e,line:d,place:f})},p.text):p.text)))))):null,c?o("pre",{"data-testid":"code"},c):null,c?o(
"button",{type:"button",class:"ame-button",onclick:()=>navigator.clipboard?.writeText(c)},"copy"):null].filter(h=>h!==null)}question({
name:t,ask:e,answer:i}){let s=o("input",{type:"text",value:i,placeholder:e,"aria-label":e,"data-testid":"ask"});return s.
addEventListener("keydown",n=>n.stopPropagation()),o("form",{class:"ame-row",onsubmit:n=>{n.preventDefault(),this.owner.
send({type:t,text:s.value})}},s,o("button",{type:"submit",class:"ame-button"},"go"))}};var Yt=250,M=28,et=60,st=8e6,Ht=3e3;function it({name:a,kind:t,title:e}){return a==="caption"?260:t==="number"&&e.length<=
14?104:132}var B=class{constructor(t){this.owner=t,this.head=o("div",{class:"ame-table-row ame-table-head",role:"row"}),
this.body=o("div",{class:"ame-table-body"}),this.spacer=o("div",{class:"ame-table-spacer"},this.body),this.el=o("div",{class:"\
ame-table",role:"grid",tabindex:"0","data-testid":"pair-table","aria-label":"Table of the pairs: up and down go to the n\
ext and previous pair"},this.head,this.spacer),this.rows=new Map,this.asked=new Set,this.turn=-1,this.due=!1,this.el.addEventListener(
"scroll",()=>this.redraw()),this.el.addEventListener("keydown",e=>{let i={ArrowDown:1,ArrowUp:-1}[e.key];i&&(e.preventDefault(),
e.stopPropagation(),t.step(i))}),new ResizeObserver(()=>this.redraw()).observe(this.el)}drawHead(){let{facts:t,shown:e}=this.
owner.model;if(!t)return;let i=t.columns.map(s=>s.name==="caption"?`minmax(${it(s)}px, 3fr)`:`${it(s)}px`);this.el.style.
setProperty("--ame-columns",`64px ${i.join(" ")}`),this.el.style.setProperty("--ame-width",`${64+t.columns.reduce((s,n)=>s+
it(n),0)}px`),this.el.setAttribute("aria-colcount",String(t.columns.length+1)),this.head.replaceChildren(o("div",{role:"\
columnheader",class:"ame-number"},"pair"),...t.columns.map(({name:s,title:n,kind:r})=>{let l=e?.sort===s;return o("div",
{role:"columnheader","aria-sort":l?e.descending?"descending":"ascending":"none",class:r==="number"&&"ame-number"},o("but\
ton",{type:"button",title:`Sort by ${n}`,"data-sort":s,onclick:()=>this.owner.send({type:"sort",column:s,descending:l?!e.
descending:r==="number"})},n,l?e.descending?" ↓":" ↑":""),o("button",{type:"button",class:"ame-filter-button",title:`\
Filter by ${n}`,"aria-label":`Filter by ${n}`,"data-filter":s,onclick:c=>this.owner.filters.open(s,c.currentTarget)},"⚲"))}))}renew(){
this.rows.clear(),this.asked.clear(),this.turn=this.owner.model.shown?.turn??-1;let t=this.owner.model.shown?.count??0;this.
el.setAttribute("aria-rowcount",String(t+1)),this.spacer.style.height=`${Math.min(st,t*M)}px`,this.drawHead(),this.redraw()}redraw(){
this.due||(this.due=!0,requestAnimationFrame(()=>{this.due=!1,this.draw()}))}get high(){return this.el.clientHeight||Yt}top(){
let t=this.owner.model.shown?.count??0,e=this.high-M,i=Math.min(st,t*M)-e,s=i>0?Math.min(1,this.el.scrollTop/i):0;return Math.
max(0,s*(t-e/M))}draw(){let{shown:t,selected:e,active:i}=this.owner.model;if(!t)return;let s=this.top(),n=Math.floor(s),
r=Math.ceil(this.high/M)+1;this.body.style.transform=`translateY(${this.el.scrollTop-(s-n)*M}px)`;let l=[];for(let c=n;c<
Math.min(t.count,n+r);c++){let h=this.rows.get(c);h||this.ask(c);let d=h?e.has(h.row):!1,p=o("div",{role:"row",class:`am\
e-table-row${d?" ame-chosen":""}${h&&h.row===i?" ame-active":""}`,"aria-selected":String(d),"aria-rowindex":c+2,"data-ro\
w":h?.row},...(h?.cells??["…"]).map((f,u)=>o("div",{role:"gridcell",class:this.kind(u),title:u&&f.length>20?f:null},f)));
h&&p.addEventListener("click",f=>this.owner.pick([h.row],f.shiftKey||f.ctrlKey||f.metaKey)),l.push(p)}this.body.replaceChildren(
...l),this.el.dataset.drawn=String(l.filter(c=>c.dataset.row!==void 0).length),this.el.dataset.turn=String(this.turn)}kind(t){
let e=t?this.owner.model.facts?.columns[t-1]:null;return!e||e.kind==="number"?"ame-number":e.name==="caption"?"ame-capti\
on":""}ask(t){let e=Math.floor(t/et);this.asked.has(e)||(this.asked.add(e),this.owner.send({type:"rows",turn:this.turn,start:e*
et,count:et}))}take({turn:t,start:e,rows:i}){t===this.turn&&(this.rows.size>Ht&&(this.rows.clear(),this.asked.clear()),i.
forEach((s,n)=>this.rows.set(e+n,s)),this.redraw())}reveal(t){let e=this.owner.model.shown?.count??0,i=(this.high-2*M)/M,
s=this.top();if(t<0||t>=s&&t<s+i-.5)return;let n=Math.min(st,e*M)-(this.high-M),r=t<s?t:t-i+1;this.el.scrollTop=r/Math.max(
1,e-i-1)*n,this.redraw()}};function At(a,t,e,i){let s=t===e?`${e.toLocaleString("en")} pairs`:`${t.toLocaleString("en")}\
 of ${e.toLocaleString("en")} pairs`;v(a,i?`${s}, ${i.toLocaleString("en")} selected`:s)}var nt=class{constructor(t){this.client=t,this.model={facts:null,places:null,colors:null,codes:null,shown:null,mask:null,
hidden:!0,selected:new Set,active:null,regions:[],face:null,grid:null},this.flagged=null,this.own={at:-1/0,key:""},this.
words=new Map,this.frame={view:null,picture:""},this.hovered=null,this.map=new C(this),this.second=new C(this,!0),this.filters=
new z(this),this.table=new B(this),this.panel=new F(this),this.pictures=o("select",{"aria-label":"map","data-testid":"pi\
cture",onchange:()=>this.send({type:"picture",picture:this.pictures.value})}),this.models=o("select",{"aria-label":"mode\
l","data-testid":"model",onchange:()=>this.send({type:"model",model:this.models.value})}),this.modelLabel=o("label",{hidden:!0},
"model",this.models),this.color=o("select",{"aria-label":"colour","data-testid":"color",onchange:()=>this.send({type:"co\
lor",column:this.color.value})}),this.search=o("input",{type:"search",placeholder:"words in captions","aria-label":"sear\
ch","data-testid":"search"}),this.search.addEventListener("keydown",e=>{e.stopPropagation(),e.key==="Enter"&&this.find(!1)}),
this.meaning=o("button",{type:"button",class:"ame-button",hidden:!0,onclick:()=>this.find(!0)},"by meaning"),this.classes=
o("button",{type:"button",class:"ame-button",hidden:!0,title:"Classify the images by these classes, separated by commas",
onclick:()=>this.typed("classes")},"as classes"),this.concept=o("button",{type:"button",class:"ame-button",hidden:!0,title:"\
A direction between two texts, with “ vs ” between them, as an axis of the map",onclick:()=>this.typed("concept")},"\
as concept"),this.tool=o("button",{type:"button",class:"ame-button","aria-pressed":"false",title:"Drag to move the map i\
n place of drawing a lasso",onclick:()=>this.turnTool()},"move"),this.image=o("button",{type:"button",class:"ame-button",
title:"Save the map as an image","data-testid":"png",onclick:()=>this.save()},"PNG"),this.only=o("button",{type:"button",
class:"ame-button",title:"Show only the selected pairs","data-testid":"only",onclick:()=>this.send({type:"only"})},"only\
 selected"),this.name_regions=o("button",{type:"button",class:"ame-button",title:"Find clusters in the full space and na\
me them by their words","data-testid":"regions",onclick:()=>this.send({type:"regions"})},"name regions"),this.legend=o("\
div",{class:"ame-legend","data-testid":"legend"}),this.count=o("span",{class:"ame-count",role:"status","data-testid":"co\
unt"}),this.told=o("p",{class:"ame-told",role:"status","data-testid":"told",hidden:!0}),this.caption=o("p",{class:"ame-m\
uted ame-caption-line"}),this.cross=o("div",{class:"ame-cross","data-testid":"cross",hidden:!0}),this.sheets=new _(this,
this.table.el,this.cross),this.root=o("div",{class:"ame-explorer","data-testid":"explorer"},o("div",{class:"ame-row ame-\
bar"},this.modelLabel,o("label",{},"map",this.pictures),o("label",{},"colour",this.color),this.tool,o("button",{type:"bu\
tton",class:"ame-button",title:"Show the whole map (0)",onclick:()=>[this.map,this.second].forEach(e=>e.whole())},"whole"),
this.image,this.search,o("button",{type:"button",class:"ame-button",onclick:()=>this.find(!1)},"search"),this.meaning,this.
classes,this.concept,this.name_regions),this.told,o("div",{class:"ame-upper"},o("div",{class:"ame-left"},this.legend,o("\
div",{class:"ame-stages"},this.map.el,this.second.el),this.caption),this.panel.el),o("div",{class:"ame-row ame-over-tabl\
e"},this.sheets.tabs,this.count,this.only,this.filters.chips),this.table.el,this.sheets.sheet,this.filters.window),this.
themes=new MutationObserver(()=>this.theme()),this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp\
-theme-light","class"]}),this.theme()}theme(){this.root.dataset.dark=String(T()),this.redrawMaps(),this.table.redraw(),this.
model.colors&&this.drawLegend()}redrawMaps(){this.map.redraw(),this.second.redraw()}overlays(){this.map.overlay(),this.second.
el.hidden||this.second.overlay()}send(t){this.client.send(t)}save(){let{facts:t,colors:e}=this.model,i=e&&e.scale?`${e.title}\
: ${e.low} to ${e.high}`:"",s=e&&!e.scale?e.names.map((r,l)=>({name:r,color:e.colors[l]})):[],n=[this.map,this.second].filter(
({el:r})=>!r.hidden);St(n.map(({canvas:r,over:l,name:c})=>({layers:[r,l],name:n.length>1?c.textContent??"":""})),{title:i,
keys:s,ink:this.map.ink}).toBlob(r=>{if(!r)return;let l=URL.createObjectURL(r);o("a",{href:l,download:`${(t?.name??"map").
replace(/[^\w.-]+/g,"_")}.png`}).click(),setTimeout(()=>URL.revokeObjectURL(l),1e4)},"image/png")}find(t){this.search.value.
trim()&&this.send({type:"search",text:this.search.value,meaning:t})}typed(t){this.search.value.trim()&&this.send({type:t,
text:this.search.value})}turnTool(){this.map.moving=this.second.moving=!this.map.moving,this.tool.setAttribute("aria-pre\
ssed",String(this.map.moving))}flags(){let{selected:t,facts:e}=this.model;if(this.flagged?.of!==t){let i=new Uint8Array(
e?.pairs??0);for(let s of t)i[s]=1;this.flagged={of:t,made:i}}return this.flagged.made}pick(t,e){let{selected:i}=this.model,
s=new Set(t);if(e){s=new Set(i);for(let n of t)(!s.delete(n)||t.length>1)&&s.add(n)}this.flagged=null,this.own={at:x(),key:[
...s].slice(0,8).join()+s.size},this.light(s),this.send({type:"select",rows:[...s]})}look(t){this.send({type:"look",row:t})}step(t){
this.send({type:"step",by:t})}light(t){this.model.selected=t,this.root.dataset.selected=String(t.size),this.redrawMaps(),
this.table.redraw(),this.drawCount()}wordsOf(t){return this.words.get(t)??null}need(t){this.words.has(t)||this.send({type:"\
words",row:t})}drawCount(){let{facts:t,shown:e,selected:i}=this.model;t&&(At(this.count,e?.count??t.pairs,t.pairs,i.size),
k(this.only,i.size>0))}drawLegend(){let{colors:t}=this.model;if(!t)return;let e=t.scale?[o("span",{},t.low),o("span",{class:"\
ame-ramp",style:`background: linear-gradient(90deg, ${t.colors.slice(0,-1).join(", ")})`}),o("span",{},t.high),t.unknown?
o("span",{class:"ame-muted"},`unknown: ${t.unknown.toLocaleString("en")}`):null]:t.names.map((i,s)=>o("button",{type:"bu\
tton",class:"ame-key",title:t.column==="modality"?null:`Show only ${i}`,onclick:()=>this.send({type:"legend",code:s})},o(
"span",{class:`ame-swatch${t.column==="modality"&&s?" ame-diamond":""}`,style:`background: ${t.colors[s]}`}),o("span",{class:"\
ame-key-name"},i),t.column==="modality"?null:o("b",{},t.counts[s].toLocaleString("en"))));this.legend.replaceChildren(o(
"span",{class:"ame-muted"},t.column==="modality"?"":t.title),...e.filter(i=>i!==null))}drawFacts(){let{facts:t,colors:e}=this.
model;if(!t)return;let i=["modality",...t.columns.filter(({colorable:n})=>n).map(({name:n})=>n)],s=n=>t.columns.find(r=>r.
name===n)?.title??"image or text";this.color.replaceChildren(...i.map(n=>o("option",{value:n},s(n)))),e&&(this.color.value=
e.column);for(let n of[this.meaning,this.classes,this.concept])k(n,t.meaning);this.table.renew()}retained(t,e){let{model:i}=this;
if(t==="facts")i.facts=e,this.drawFacts();else if(t==="places"){i.places=e,this.pictures.replaceChildren(...e.pictures.map(
s=>o("option",{value:s.name},s.label))),this.pictures.value=e.picture,this.models.replaceChildren(...e.models.length>1?[
o("option",{value:""},"side by side")]:[],...e.models.map(s=>o("option",{value:s},s))),this.models.value=e.model,k(this.
second.el,!!e.beside),v(this.map.name,e.models[0]??""),v(this.second.name,e.beside?.model??"");for(let s of[this.map,this.
second])k(s.name,!!e.beside);k(this.modelLabel,e.models.length>1),v(this.caption,e.words)}else if(t==="colors")[i.colors,
i.codes]=[e,e.column==="modality"?null:e.codes],this.color.value=e.column,this.drawLegend();else if(t==="shown")[i.shown,
i.mask]=[e,e.count===i.facts?.pairs?null:e.mask],this.filters.draw(),this.table.renew(),this.drawCount();else if(t==="se\
lection"){let s=new Set(e.rows),n=[...s].slice(0,8).join()+s.size;if(x()-this.own.at<1&&n!==this.own.key)return;(n!==this.
own.key||s.size!==i.selected.size)&&this.light(s)}else t==="face"?(i.face=e.face,i.grid=e.grid,i.active=e.face?.row??null,
this.panel.draw(),this.table.redraw(),e.face&&this.table.reveal(e.face.place),this.overlays()):t==="regions"?i.regions=e.
regions:t==="told"?(v(this.told,e.text),k(this.told,!!e.text),this.told.classList.toggle("ame-bad",e.bad)):t==="sheets"?
this.sheets.draw(e):t==="cross"&&this.drawCross(e);this.redrawMaps(),this.root.dataset.drawn="true"}drawCross({title:t,names:e,
counts:i,words:s}){k(this.cross,e.length>0);let n=e.length,r=Math.max(1,...i),l=(c,h)=>{let d=i[c*n+h],p=Math.sqrt(d/r);
return o("td",{},d?o("button",{type:"button",class:c===h?"ame-right":"ame-wrong",style:`--ame-share: ${p.toFixed(3)}`,title:`${d}\
 of ${e[c]} taken for ${e[h]}: show these`,onclick:()=>this.send({type:"cell",of:c,as:h})},d.toLocaleString("en")):"")};
this.cross.replaceChildren(o("h5",{},t),o("div",{class:"ame-scroll"},o("table",{},o("thead",{},o("tr",{},o("th",{},"true\
 class"),...e.map(c=>o("th",{},o("span",{},c))),o("th",{},"accuracy"))),o("tbody",{},...e.map((c,h)=>o("tr",{},o("th",{scope:"\
row"},c),...e.map((d,p)=>l(h,p)),o("td",{class:"ame-words"},s[h])))))))}message(t){t.type==="rows"?this.table.take(t):t.
type==="words"&&(this.words.size>5e3&&this.words.clear(),this.words.set(t.row,t.words),this.hovered===t.row&&this.overlays())}close(){
this.themes.disconnect()}};function Xt(a,t){let e=new nt(a);return t.append(e.root),{el:e.root,draw(){},retained:(i,s)=>e.
retained(i,s),message:i=>e.message(i),silent(i,s){s&&e.retained("told",{text:"Python has stopped: run the cell again.",bad:!0})},
close:()=>e.close()}}var Ie=dt(Xt);export{nt as Explorer,Ie as default};
