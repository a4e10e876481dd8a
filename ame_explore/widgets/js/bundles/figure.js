// Built by ame_explore/widgets/js/build.js; sources: sha256 4b3ee9832a0be6c6cb8a81ec886080eb5d30a1c52f844174705cc45b6abfda0b
var h=()=>(performance.timeOrigin+performance.now())/1e3;var z=.4,ht=3,ut={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function C(n,t){if(Array.isArray(n))return n.
map(e=>C(e,t));if(n===null||typeof n!="object")return n;if("buffer"in n&&"dtype"in n){let e=t[n.buffer],i=ArrayBuffer.isView(
e)?e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new ut[n.dtype](i),{shape:n.shape})}
return Object.fromEntries(Object.entries(n).map(([e,s])=>[e,C(s,t)]))}var j=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=h(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:h()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,o]of Object.entries(
this.kept))t.retained?.(i,o);this.frame&&!(this.frame.moving&&this.age(this.frame)>z)&&t.draw(this.frame);let s=this.there;
return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(o=>o.seen&&o.el.isConnected),s=!t.some(o=>o.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=h(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=h()-this.heardAt;t>(this.frame?.moving?1:4)&&h()-
this.pingedAt>=1&&(this.pingedAt=h(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=h(),t.type==="hello"){let{page:i,t:o,time:a}=t;i===this.page&&(this.
high=Math.min(this.high,a-o));return}let s=C(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-h());let i=s.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-h(),1/0]);let o=this.
waiting!==null;this.waiting=s,o||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.
views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,h()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=h(),s=this.age(t),i=s>z,o=i&&e-this.freshAt<ht;if(!o){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let a of this.
views)try{a.draw(t),a.late?.(i?s:0)}catch(d){console.error("ame_explore: a view could not be drawn",d)}this.drawMs=1e3*(h()-
e)}this.oldest=Math.max(this.oldest,o?0:s),!(!t.ask&&!o)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(o?s:this.oldest),stale:o}),
this.oldest=0)}};function N(n){return()=>{let t;return{initialize({model:e}){return t=new j(e),()=>t.close()},render({el:e}){
let s=n(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var dt=new Set(["svg","path"]),q={text:"textContent",value:"value",checked:"checked"};function b(n,t={},...e){let s=dt.has(
n)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,n);i.append(...e.flat(1/0).filter(
o=>o!=null&&o!==!1));for(let[o,a]of Object.entries(t))a==null||a===!1||(o.startsWith("on")?i.addEventListener(o.slice(2),
a):o in q?i[q[o]]=a:i.setAttribute(o,a===!0?"":String(a)));return i}function x(){let n=document.body.dataset.jpThemeLight;return n!==void 0?n==="false":["vscode-dark","dark-theme"].some(t=>document.
body.classList.contains(t))}var $={"#1a1a1a":"#ececec","#5a5a5a":"#b8b8b8","#e4e4e4":"#3c3c3c","#0072B2":"#4a9fd8"};var y="#111111",pt={...Object.fromEntries(Object.entries($).map(([n,t])=>[n.toLowerCase(),t])),white:y,"#fff":y,"#ffffff":y,
"#440154":"#9a75c4","#482878":"#8a7fcd","#3e4989":"#7387c9","#31688e":"#5a97bb","#00224e":"#6a86b8","#123570":"#6d8cc0",
"#3b496c":"#7d8cae","#e5ecf6":"#1c222b","#2a3f5f":"#d7dfeb"},mt=new Set(["hovertext","hovertemplate","customdata","ids",
"x","y","z","name","labels","ticktext"]),gt=new Set(["heatmap","contour","surface","image"]),wt=new Set(["colorscale","c\
ontours","line"]),yt=new Set(["shadow","color"]);function K(n){let t=pt[n.toLowerCase()];if(t)return t;let e=/^rgba\((\d+), ?(\d+), ?(\d+), ?([\d.]+)\)$/.
exec(n);if(e){let[s,i,o]=e.slice(1,4).map(Number);if(s===i&&i===o)return`rgba(${[1,2,3].map(()=>s>200?17:270-s).join()},${e[4]}\
)`}return n}function M(n,t=""){if(typeof n=="string")return t==="shadow"?n.replaceAll("white",y):t==="text"?n.replace(/color: ?(#\w{6})/g,
(s,i)=>`color:${K(i)}`):K(n);if(n===null||typeof n!="object"||ArrayBuffer.isView(n)||mt.has(t))return n;if(Array.isArray(
n))return t==="text"||typeof n[0]=="number"&&typeof n[1]!="string"?n:n.map(s=>M(s,t));let e=gt.has(n.type)?wt:/black/.test(
n.shadow)?yt:null;return Object.fromEntries(Object.entries(n).map(([s,i])=>[s,e?.has(s)?i:M(i,s)]))}function V(n){if(!x())
return n;let{data:t,layout:e}=M({data:n.data,layout:n.layout}),s={bgcolor:"rgba(0,0,0,0)",color:"#8f8f8f",activecolor:"#\
ececec"};e.modebar={...s,...e.modebar},e.newselection={line:{color:"#ececec"},...e.newselection},e.paper_bgcolor??=y,e.plot_bgcolor??=
y;let i=o=>({bgcolor:"#2b2b2b",...o,font:{...o.font,color:"#8f8f8f"}});return e.updatemenus&&(e.updatemenus=e.updatemenus.
map(i)),{data:t,layout:e}}var W=Symbol.for("ame_explore.plotly"),Y=globalThis;function G(){let n=Y[W];if(!n){let t=()=>{},e=new Promise(s=>t=s);Y[W]=
n={promise:e,resolve:t,ready:!1,asked:-1/0}}return n}function H(n){let t=G();return!t.ready&&h()-t.asked>10&&(t.asked=h(),
n.send({type:"need"})),t.promise}function bt(){return new Promise(n=>{"requestIdleCallback"in globalThis?requestIdleCallback(
n,{timeout:1e3}):setTimeout(n)})}async function U(n){let t=G();if(!t.ready){t.ready=!0;try{let e=n,s=new Blob([e]).stream().
pipeThrough(new DecompressionStream("gzip")),i=await new Response(s).text();await bt();let o={exports:{}};new Function("\
module","exports","define",i)(o,o.exports,void 0),t.resolve(o.exports)}catch(e){console.error("ame_explore: plotly.js co\
uld not be loaded",e),t.ready=!1}}}var J=n=>!n.some(t=>t.customdata);function Q(n,t,e){if(n.meta?.role==="places")return[];let s=e?t:n.customdata?.[t];return(typeof s==
"object"&&s!==null?Array.from(s):[s]).filter(o=>typeof o=="number"&&Number.isInteger(o)).map(Number)}function X(n,t){let e=J(
t);return[...new Set((n?.points??[]).flatMap(({fullData:s,pointNumber:i})=>Q(s,i,e)))]}function Z(n){let t=n?.points.find(
({fullData:e})=>e.meta?.role==="places");return t?Number(t.fullData.customdata?.[t.pointNumber]):null}function tt(n,t){return n.mode==="lines"||n.meta?.role?0:(t?n.x:n.customdata)?.length??0}function et(n,t,e){let s=[],i=t.
size?tt(n,e):0;for(let o=0;o<i;o++)Q(n,o,e).some(a=>t.has(a))&&s.push(o);return s}function xt(n,t,e){let s=et(t,e,!1),i=s.
length>400?[]:s,o=d=>i.flatMap(p=>[d?.[3*p]??null,d?.[3*p+1]??null,null]),a=Math.max(.12,Math.min(1,2/Math.sqrt(i.length||
1)));return{x:o(n.x),y:o(n.y),opacity:a}}function I(n,t){let e=new Map,s=J(n);return n.forEach((i,o)=>{let a=i.meta?.role;
if(a==="lit")e.set(o,xt(n[o-1],n[o+1],t));else{if(i.visible===!1)return;a==="segments"?e.set(o,{opacity:t.size?.3:1}):tt(
i,s)&&e.set(o,{selectedpoints:t.size?et(i,t,s):null})}}),e}function nt(n,t,e){let s=(i,o)=>o.selectedpoints!==void 0?e&&
t[i].visible!=="legendonly":o.x?.length===0&&!((t[i].x?.length??0)>0);return new Map([...n].filter(([i,o])=>!s(i,o)))}function st(n){
let t=[...n.values()],e=[...new Set(t.flatMap(s=>Object.keys(s)))];return[Object.fromEntries(e.map(s=>[s,t.map(i=>i[s])])),
[...n.keys()]]}var A=(n,t)=>n.size===t.size&&[...n].every(e=>t.has(e));function T(n){if(ArrayBuffer.isView(n)){let t=n;if(t.shape?.length!==2)return t;let[e,s]=t.shape;return Array.from({length:e},
(i,o)=>t.subarray(o*s,(o+1)*s))}return Array.isArray(n)?n.map(T):n===null||typeof n!="object"?n:Object.fromEntries(Object.
entries(n).map(([t,e])=>[t,T(e)]))}function vt(n,t){let e=b("div",{class:"ame-figure-plot","data-testid":"figure-plot",role:"\
img"}),s=b("p",{class:"ame-figure-sentence","data-testid":"figure-sentence","aria-live":"polite"}),i=b("p",{class:"ame-f\
igure-note","data-testid":"figure-note",role:"status"}),o=b("div",{class:"ame-figure","data-testid":"figure-view"},e,s,i);
t.append(o),i.textContent="Drawing…";let a=null,d=null,p=null,D=!1,g=!1,O=!1,S=new Set,f={ids:S,before:S,at:-1/0,own:!1,
revision:0},v={ids:S,revision:0};function F(r,l=!1){Object.assign(f,{before:f.ids,ids:new Set(r),at:h(),own:l}),n.send({
type:"select",ids:r}),setTimeout(m)}function it(r){let l=new Set(r),c=A(l,f.before)&&h()-f.at<1;A(l,f.ids)||c||(Object.assign(
f,{ids:l,before:l,own:!1,revision:f.revision+1}),requestAnimationFrame(()=>setTimeout(m)))}function ot(){D=!0,e.on("plot\
ly_selected",r=>{r&&!g&&_(r,r.points.length>0)}),e.on("plotly_click",r=>{r&&!g&&_(r,!1)}),e.on("plotly_deselect",()=>{g||
F([])})}function _(r,l){let c=X(r,e.data),u=Z(r);c.length||u===null?F(c,l):n.send({type:"place",place:u})}async function rt(r,l){
let c=T(l.figure),{data:u,layout:E}=V({data:c.data??[],layout:c.layout??{}});if(f.ids.size)for(let[ct,ft]of I(u,f.ids))Object.
assign(u[ct],ft);let w={uirevision:"live",...E,autosize:!0,height:l.height};f.revision!==v.revision&&(w.selections=[]),w.
selectionrevision=f.revision,delete w.width,e.style.height=`${l.height}px`;let lt=String(w.title?.text??w.title??"").replace(
/<[^>]*>/g,"");await r.react(e,u,w,{responsive:!0,displaylogo:!1,showSendToCloud:!1,toImageButtonOptions:{filename:lt.replace(
/[^\w.-]+/g,"_")||"figure",scale:2}}),D||ot()}async function at(r){let[l,c]=st(nt(I(e.data,f.ids),e.data,f.own)),u=f.revision!==
v.revision,E=u?{selections:[],selectionrevision:f.revision}:{};(c.length||u)&&await r.update(e,l,E,c)}async function m(){
if(!(g||!a||O)){if(!e.clientWidth){requestAnimationFrame(()=>{e.clientWidth&&m()});return}for(g=!0;!O&&(d||p&&!A(v.ids,f.
ids));){let[r,l]=[d,{ids:f.ids,revision:f.revision}];d=null,r&&(p=r);let c=p;try{r?await rt(a,r):await at(a),i.textContent=
""}catch(u){i.textContent=`The figure could not be drawn: ${u instanceof Error?u.message:u}`}v=l,e.setAttribute("aria-la\
bel",c.sentence||c.figure.layout?.title?.text||"figure"),s.textContent!==c.sentence&&(s.textContent=c.sentence),o.dataset.
drawn=String(c.n),o.dataset.selected=String(f.ids.size)}g=!1}}let L=new ResizeObserver(()=>{d&&m()});L.observe(e);let k=x(),
R=new MutationObserver(()=>{x()!==k&&(k=!k,d??=p,m())});R.observe(document.body,{attributes:!0,attributeFilter:["data-jp\
-theme-light","class"]});let B=!1;function P(){if(a)return;let r=H(n);B||(B=!0,r.then(l=>{a=l,m()}))}return{el:o,draw(r){
d=r,P(),m()},retained(r,l){r==="selection"&&it(l.selection)},message(r,l){r.type==="library"&&U(l[0])},silent(r,l){P();let c=l?
"Python has stopped: run the cell again.":r?`No answer from Python for ${Math.round(r)} s.`:"";(c||i.dataset.quiet)&&(i.
textContent=c),i.dataset.quiet=c},close(){O=!0,R.disconnect(),L.disconnect(),a&&a.purge(e)}}}var zt=N(vt);export{zt as default,T as rows};
